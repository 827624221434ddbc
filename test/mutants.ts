/** The guards that `mutants.test.ts` takes out: where each stands, and which test must notice. */

interface Mutant {
  readonly name: string
  /** Below `packages/`. */
  readonly source: string
  /** The guard, which stands once in the source, and what is there without it. */
  readonly find: string
  readonly replace: string
  readonly tests: { readonly file: string; readonly title: string }
}

const gateway = (title: string) => ({ file: 'test/gateway.test.ts', title })
const channels = (title: string) => ({ file: 'test/channels.test.ts', title })
const notes = (title: string) => ({ file: 'test/notes.test.ts', title })
const accounts = (title: string) => ({ file: 'test/accounts.test.ts', title })

export const mutants: readonly Mutant[] = [
  {
    name: 'origin: any site may connect',
    source: 'server/src/gateway/handshake.ts',
    find: '!origins.allows(given[0])',
    replace: 'false',
    tests: gateway('GW1. a page of a foreign site'),
  },
  {
    name: 'origin: a session id in the URL is taken',
    source: 'server/src/gateway/handshake.ts',
    find: "throw new ProtocolError('invalid-input', { rule: 'handshake-query' })",
    replace: '',
    tests: gateway('GW1. long-polling'),
  },
  {
    name: 'admit: any number of connections',
    source: 'server/src/gateway/handshake.ts',
    find: 'open.all >= capacity.all',
    replace: 'false',
    tests: gateway('GW2'),
  },
  {
    name: 'authenticate: a pending account gets in',
    source: 'server/src/auth/authenticate.ts',
    find: "standing.role === 'pending'",
    replace: 'false',
    tests: gateway('GW3. no connection without'),
  },
  {
    name: 'authenticate: a signed-out token stays good',
    source: 'server/src/auth/authenticate.ts',
    find: 'if (revoked)',
    replace: 'if (false)',
    tests: gateway('GW4. what ended'),
  },
  {
    name: 'authenticate: a cookie counts without an Origin',
    source: 'server/src/gateway/handshake.ts',
    find: 'origin === undefined ? undefined : cookieToken(cookie, secureCookies)',
    replace: 'cookieToken(cookie, secureCookies)',
    tests: gateway('GW3. a cookie counts'),
  },
  {
    name: 'open session: a connection changes hands',
    source: 'server/src/gateway/gateway.ts',
    find: 'session && session.user !== identity.standing.id',
    replace: 'false',
    tests: gateway('GW4. a connection is one person'),
  },
  {
    name: 'known: any event name is handled',
    source: 'server/src/gateway/parse.ts',
    find: 'if (!isClientEvent(event))',
    replace: 'if (false)',
    tests: gateway('GW5. an event that is not'),
  },
  {
    name: 'known: errors without end',
    source: 'server/src/gateway/gateway.ts',
    find: 'struck && connection.strike(clock.now())',
    replace: 'false',
    tests: gateway('GW5. who goes on'),
  },
  {
    name: 'spend: no budget',
    source: 'server/src/budget.ts',
    find: 'if (wait > 0)',
    replace: 'if (false)',
    tests: gateway('GW6'),
  },
  {
    name: 'parse: what does not fit the schema is handled',
    source: 'server/src/gateway/parse.ts',
    find: 'if (parsed.success) return parsed.data',
    replace: 'return parsed.success ? parsed.data : given',
    tests: gateway('GW7. every field'),
  },
  {
    name: 'parse: fields without a name in the contract come through',
    source: 'server/src/gateway/parse.ts',
    find: 'if (parsed.success) return parsed.data',
    replace: 'if (parsed.success) return { ...given, ...parsed.data, content: given.content }',
    tests: gateway('GW7. fields that the contract'),
  },
  {
    name: 'parse: any depth, any key',
    source: 'server/src/gateway/parse.ts',
    find: '  checkPayload(given)\n',
    replace: '',
    tests: gateway('GW7. missing fields'),
  },
  {
    name: 'parse: any size',
    source: 'server/src/gateway/parse.ts',
    find: 'bytes > most',
    replace: 'false',
    tests: gateway('GW7. an event larger'),
  },
  {
    name: 'permit: what is hidden is said to exist',
    source: 'server/src/access/access.ts',
    find: "held === 'none'",
    replace: 'false',
    tests: gateway('GW8. whoever may not see'),
  },
  {
    name: 'permit: a reader writes',
    source: 'server/src/access/access.ts',
    find: '!reaches(held, needed)',
    replace: 'false',
    tests: notes('NO3'),
  },
  {
    name: 'acknowledge: a refusal without an acknowledgement is silent',
    source: 'server/src/gateway/gateway.ts',
    find: 'connection.outbox.add(encodeEvent(',
    replace: 'void (encodeEvent(',
    tests: gateway('GW10'),
  },
  {
    name: 'delivery: who was taken out goes on hearing',
    source: 'server/src/rooms/rights.ts',
    find: '      rooms.leave(room.channel(id), session)\n',
    replace: '',
    tests: channels('CH2. who is let in'),
  },
  {
    name: 'messages: anybody edits and deletes',
    source: 'server/src/rooms/messages.ts',
    find: 'message.user_id !== person.id',
    replace: 'false',
    tests: channels('CH8'),
  },
  {
    name: 'sharing: with groups of others',
    source: 'server/src/access/sharing.ts',
    find: '.every((group) => known.has(group))) return',
    replace: '.length >= 0) return',
    tests: accounts('AU10'),
  },
  {
    name: 'sign-in: the set-up code works without being right',
    source: 'server/src/auth/sign-in.ts',
    find: '!sameText(code, expected)',
    replace: 'false',
    tests: accounts('AU1'),
  },
  {
    name: 'rights: a change is not decided anew',
    source: 'server/src/rooms/rights.ts',
    find: 'tail.then(decision)',
    replace: 'tail.then(async () => {})',
    tests: { file: 'test/rights.test.ts', title: 'RI1' },
  },
  {
    name: 'open session: two people on one transport',
    source: 'server/src/gateway/gateway.ts',
    find: 'if (claimed.has(conn))',
    replace: 'if (false)',
    tests: { file: 'test/transport.test.ts', title: 'GW14. a second person' },
  },
  {
    name: 'acknowledge: without end to one who does not read',
    source: 'server/src/gateway/connection.ts',
    find: 'await this.outbox.room()',
    replace: 'await Promise.resolve()',
    tests: { file: 'test/transport.test.ts', title: 'GW13' },
  },
  {
    name: 'admit: transports without a person are not counted',
    source: 'server/src/gateway/gateway.ts',
    find: 'connections.transportsOf(addressOf(request))',
    replace: '0',
    tests: { file: 'test/transport.test.ts', title: 'GW14. transports' },
  },
  {
    name: 'spend: size costs nothing',
    source: 'server/src/gateway/gateway.ts',
    find: ' + Math.floor(bytes / limits.bytesPerUnit)',
    replace: '',
    tests: { file: 'test/transport.test.ts', title: 'GW15' },
  },
  {
    name: 'parse: an event weighs what came before it as well',
    source: 'server/src/gateway/transport.ts',
    find: '      this.#bytes = 0\n',
    replace: '',
    tests: { file: 'test/transport.test.ts', title: 'GW16' },
  },
  {
    name: 'HTTP: requests cost nothing',
    source: 'server/src/http/http.ts',
    find: 'budgets.spend({ user: identity?.standing.id }, route.cost, clock.now())',
    replace: '',
    tests: { file: 'test/http.test.ts', title: 'HT1. who has spent' },
  },
  {
    name: 'HTTP: strangers cost nothing',
    source: 'server/src/http/http.ts',
    find: 'budgets.spend({ address: request.ip }, route.cost, clock.now())',
    replace: '',
    tests: { file: 'test/http.test.ts', title: 'HT1. strangers' },
  },
  {
    name: 'HTTP: any charset',
    source: 'server/src/http/json-body.ts',
    find: '!/^utf-?8$/i.test(charset)',
    replace: 'false',
    tests: { file: 'test/http.test.ts', title: 'HT4. a body' },
  },
  {
    name: 'rights: groups change no list',
    source: 'server/src/rooms/rights.ts',
    find: 'await announceLists(session, before, standing)',
    replace: '',
    tests: { file: 'test/rights.test.ts', title: 'RI4' },
  },
  {
    name: 'replies: to replies',
    source: 'server/src/rooms/messages.ts',
    find: 'if (message.parent_id === null) return\n    const issues',
    replace: 'return\n    const issues',
    tests: { file: 'test/channels-races.test.ts', title: 'CH13' },
  },
]
