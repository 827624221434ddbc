/** Serves the built web app: its files as they are, and its page for every address that is not the API's. */
import fastifyStatic from '@fastify/static'
import { ProtocolError } from '@sallyport/protocol'
import type { FastifyInstance } from 'fastify'

const apiPaths = ['/api/', '/ws/', '/assets/', '/health', '/readyz', '/livez']

/** `folder`: where the built app lies. Files whose name begins with a dot are never served (IL-08). */
export async function serveWeb(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, cacheControl: false, dotfiles: 'ignore', index: false })
  app.get('/', (_, reply) => reply.sendFile('index.html'))
  app.setNotFoundHandler((request, reply) => {
    const page = request.method === 'GET' && !apiPaths.some((path) => request.url.startsWith(path))
    if (!page || /\.\w{1,10}($|\?)/.test(request.url)) throw new ProtocolError('not-found', { rule: 'no-route' })
    return reply.sendFile('index.html')
  })
}
