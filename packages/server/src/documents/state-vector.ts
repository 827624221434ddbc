/** Checks the state vector of a client: what it says that it has of a document. */
import { limits } from '@sallyport/protocol'
import { asInput, ByteReader, malformed } from './byte-reader.ts'

/** Returns the same bytes when they are a state vector within the limits. Throws `invalid-input` otherwise. */
export function checkStateVector(bytes: Uint8Array): Uint8Array {
  asInput('state-vector', () => readStateVector(bytes))
  return bytes
}

function readStateVector(bytes: Uint8Array): void {
  if (bytes.length > limits.stateVectorBytes) throw malformed('bytes')
  const reader = new ByteReader(bytes)
  const count = reader.count(2)
  if (count > limits.stateVectorClients) throw malformed('clients')
  const seen = new Set<number>()
  for (let index = 0; index < count; index += 1) {
    const client = reader.uint()
    if (seen.has(client)) throw malformed('client-twice')
    seen.add(client)
    if (reader.uint() > limits.clock) throw malformed('clock')
  }
  if (reader.left > 0) throw malformed('trailing-bytes')
}
