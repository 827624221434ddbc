/** The servers of the fan-out benchmark, each with its crowd, and the rows that are measured on them. */
import { type Candidate, startCandidate } from './candidate.ts'
import type { ServerName } from './control.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import { contentBytes, type Message, post, sallyportDialect, socketIoDialect, socketIoMessage, typing, wsDialect, wsMessage } from './dialects.ts'
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
  const typed = { ...our, label: 'typing', message: typing(channel) }
  const posted = { ...our, label: 'post (durable)', message: post(channel) }
  const rows: Row[] = [typed, posted]
  const sizes = [
    { label: `${contentBytes} B`, extra: 0 },
    { label: 'size of typing', frame: await frameBytes(typed) },
    { label: 'size of post', frame: await frameBytes(posted) },
  ]
  for (const peer of [
    { server: 'socket.io', candidate: socketIo, crowd: bareSocketIo, build: socketIoMessage },
    { server: 'ws', candidate: ws, crowd: bareWs, build: wsMessage },
  ] as const) {
    const least = await frameBytes({ ...peer, label: '', message: peer.build(contentBytes) })
    for (const { label, frame = least } of sizes) {
      rows.push({ ...peer, label, message: peer.build(contentBytes + frame - least) })
    }
  }
  return rows
}

/** Bytes of one delivered frame with its header. */
async function frameBytes({ crowd, message }: Row): Promise<number> {
  crowd.tally.reset()
  await crowd.round(1, message)
  return Math.round(crowd.tally.bytes / crowd.tally.deliveries)
}
