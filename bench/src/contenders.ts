/** The servers of the fan-out benchmark, each with its crowd, and the rows that are measured on them. */
import { type Candidate, startCandidate } from './candidate.ts'
import type { ServerName } from './control.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import {
  contentBytes,
  type Message,
  post,
  sallyportDialect,
  socketIoDialect,
  socketIoMessage,
  typing,
  wsDialect,
  wsMessage,
} from './dialects.ts'
import { administrator, makeChannel, makePeople } from './people.ts'

/** One thing that is measured: a server, and what is sent to it. */
export interface Row {
  readonly server: ServerName
  readonly label: string
  readonly candidate: Candidate
  readonly crowd: Crowd
  readonly message: Message
}

export interface ContenderOptions {
  readonly members: number
  readonly dataFolder: string
  readonly pinned: boolean
  readonly profiles?: string | undefined
}

/** Connections of one person: fewer than the server allows. */
const connectionsPerPerson = 40
/** Only the limit that one sender meets is lifted; every check stays. */
export const fanoutSettings = { RATE_LIMIT_BURST: '1000000', RATE_LIMIT_PER_SECOND: '1000000' } as const

/** Starts all servers and fills their rooms. Everything that was opened is closed with `stack`. */
export async function openContenders(options: ContenderOptions, stack: AsyncDisposableStack): Promise<readonly Row[]> {
  const { members, dataFolder, pinned, profiles } = options
  const start = async (server: ServerName, settings: Readonly<Record<string, string>> = {}): Promise<Candidate> =>
    stack.use(await startCandidate(server, { settings, pinned, profiles }))
  const fill = async ({ port }: Candidate, dialects: Parameters<typeof openCrowd>[1]): Promise<Crowd> => {
    const crowd = await openCrowd(port, dialects)
    stack.defer(() => crowd.close())
    return crowd
  }
  const everybody = <T>(one: T): T[] => Array.from({ length: members }, () => one)

  const sallyport = await start('sallyport', { ...administrator, ...fanoutSettings, DATA_DIR: dataFolder })
  const url = `http://127.0.0.1:${sallyport.port}`
  const [admin, ...people] = await makePeople(url, Math.ceil(members / connectionsPerPerson))
  const channel = await makeChannel(url, admin, people)
  const tokens = Array.from({ length: members }, (_, index) => people[index % people.length]?.token ?? '')
  const ours = await fill(sallyport, tokens.map(sallyportDialect))
  const socketIo = await start('socket.io')
  const bareSocketIo = await fill(socketIo, everybody(socketIoDialect))
  const ws = await start('ws')
  const bareWs = await fill(ws, everybody(wsDialect))

  const our = { server: 'sallyport', candidate: sallyport, crowd: ours } as const
  const typed: Row = { ...our, label: 'typing', message: typing(channel) }
  const posted: Row = { ...our, label: 'post (durable)', message: post(channel) }
  const peers = [
    { server: 'socket.io', candidate: socketIo, crowd: bareSocketIo, build: socketIoMessage },
    { server: 'ws', candidate: ws, crowd: bareWs, build: wsMessage },
  ] as const
  const peerRows = async (label: string, frame?: number): Promise<readonly Row[]> =>
    Promise.all(
      peers.map(async ({ build, ...peer }) => {
        const least: Row = { ...peer, label, message: build(contentBytes) }
        return frame === undefined
          ? least
          : { ...peer, label, message: build(contentBytes + frame - (await frameBytes(least))) }
      }),
    )
  // What is compared is measured side by side.
  return [
    typed,
    ...(await peerRows(sizeOf(typed), await frameBytes(typed))),
    ...(await peerRows(plainLabel)),
    posted,
    ...(await peerRows(sizeOf(posted), await frameBytes(posted))),
  ]
}

/** The label of the peers' event with nothing but its content. */
export const plainLabel = `${contentBytes} B`

/** The label of the peers' event that is as long on the wire as one of ours. */
export function sizeOf({ label }: Pick<Row, 'label'>): string {
  return `size of ${label.split(' ')[0]}`
}

/** Bytes of one delivered frame with its header. */
async function frameBytes({ crowd, message }: Row): Promise<number> {
  crowd.tally.reset()
  await crowd.round(1, message)
  return Math.round(crowd.tally.bytes / crowd.tally.deliveries)
}
