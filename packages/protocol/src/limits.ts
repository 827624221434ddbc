/** Every bound of the protocol by name. The server enforces each before it allocates what the bound protects. */

export const limits = {
  /** Bytes of one WebSocket message; a larger one ends the connection with close code 1009. */
  frameBytes: 4_194_304,
  /** Bytes of one event as it came over the wire, unless the event declares more. */
  eventBytes: 65_536,
  /** Bytes of a document event: a full-state upload as an array of numbers is about four times its update. */
  documentEventBytes: 4_194_304,
  /** Bytes of an HTTP request body. */
  bodyBytes: 1_048_576,
  /** Binary attachments of one event. */
  attachments: 2,
  /** Nesting of arrays and objects in a payload. */
  depth: 16,
  /** Keys of all objects in one payload together. */
  keys: 200,
  /** Unknown or malformed events before a connection is ended. */
  strikes: 20,
  /** Seconds in which strikes are counted. */
  strikeSeconds: 60,
  /** Cost units that a session may spend at once, and those it gets back each second. */
  burst: 1_000,
  perSecond: 200,
  /** Bytes of an event that cost one unit beside its own cost. */
  bytesPerUnit: 65_536,
  /** Events of one session that may wait their turn. */
  queue: 1_000,
  /** Bytes that queued events of one session may have together. */
  queueBytes: 16_777_216,
  /**
   * Bytes that may wait in the outgoing buffer of one session. Above it none of its messages is handled, and it is cut
   * with `slow` when it has not come below within `slowMs` and the time that `slowBytesPerSecond` allows, or at once above
   * `outgoingMost` (a full document as numbers fits).
   */
  outgoingBytes: 4_194_304,
  outgoingMost: 67_108_864,
  slowMs: 10_000,
  slowBytesPerSecond: 1_048_576,
  /** Outgoing bytes above which typing and awareness are dropped for that session. */
  sheddingBytes: 524_288,
  /** Milliseconds in which a connection must have authenticated; traffic does not extend it. */
  handshakeMs: 10_000,
  /** The same for a connection admitted by `ALLOW_DEFERRED_AUTH`, which may wait for a person to sign in. */
  deferredMs: 600_000,
  /** Document joins that may wait for `user-join` on a deferred connection. */
  deferredJoins: 8,
  /** Connections without an identity from one address, under `ALLOW_DEFERRED_AUTH`. */
  deferredPerAddress: 32,
  /** Connections of the server, of one address and of one user. */
  connections: 20_000,
  connectionsPerAddress: 4_000,
  connectionsPerUser: 50,
  /** Documents that one session may have open. */
  documentsPerSession: 50,
  /** Models that one session may report in use at once. */
  usagePerSession: 16,

  /** Code points of the text fields. */
  name: 100,
  email: 254,
  /** Bytes of a password as UTF-8. */
  passwordMin: 8,
  passwordMax: 256,
  channelName: 80,
  description: 500,
  messageContent: 10_000,
  noteTitle: 200,
  reactionName: 64,
  clientKey: 64,
  modelName: 200,
  searchQuery: 100,

  /** Users and groups in one access list. */
  accessList: 500,
  /** Messages on one page of history. */
  messagePage: 100,
  /** Messages that `channel:resume` returns; more missed than this is a gap. */
  resumeMessages: 500,
  /** Characters of their texts together. */
  resumeCharacters: 1_000_000,
  /** Different reactions on one message. */
  reactionsPerMessage: 50,
  /** Rows on one page of users, groups and notes. */
  page: 200,

  /** Bytes of one Yjs update. */
  updateBytes: 1_048_576,
  /** Bytes of a Yjs state vector, and clients in it. */
  stateVectorBytes: 65_536,
  stateVectorClients: 10_000,
  /** The highest clock of a Yjs client, and the structs and clients of one update. */
  clock: 2_147_483_648,
  structsPerUpdate: 50_000,
  clientsPerUpdate: 1_000,
  /** New Yjs client ids that one session may bring to one document. */
  clientIdsPerSession: 200,
  /** Nesting and keys of a JSON value inside a document. */
  valueDepth: 16,
  valueKeys: 1_000,
  /** Bytes of a document's state. */
  documentBytes: 10_485_760,
  /** Bytes of one awareness state. */
  awarenessBytes: 4_096,
  /** Updates after the last snapshot before a document is compacted. */
  updatesPerSnapshot: 500,
  /** Documents held in memory; the least recently used without participants is closed first. */
  openDocuments: 1_000,
} as const
