/** Serves the built web app: its files as they are, and its page for every address that is not the API's. */
import fastifyStatic from '@fastify/static'
import { ProtocolError } from '@sallyport/protocol'
import type { FastifyInstance } from 'fastify'

/** What is never a page of the app: these paths and everything below them. */
const reserved = new Set(['api', 'ws', 'assets', 'health', 'readyz', 'livez', 'metrics'])

/** Whether an address is a page of the app. A name with a dot is a file's: one that is not there is not the page. */
function isPage(method: string, url: string): boolean {
  const [path = ''] = url.split('?')
  const [, first = ''] = path.split('/')
  return method === 'GET' && !reserved.has(first) && !/\.\w{1,10}$/.test(path)
}

/** `folder`: where the built app lies. Files whose name begins with a dot are never served (IL-08). */
export async function serveWeb(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, cacheControl: false, dotfiles: 'ignore', index: false })
  app.get('/', (_, reply) => reply.sendFile('index.html'))
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request.method, request.url)) throw new ProtocolError('not-found', { rule: 'no-route' })
    return reply.sendFile('index.html')
  })
}
