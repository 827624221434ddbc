/** The connections of this node, counted by address. */
import type { Connection } from './connection.ts'

export class Connections implements Iterable<Connection> {
  readonly #all = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()

  get size(): number {
    return this.#all.size
  }

  add(connection: Connection): void {
    this.#all.add(connection)
    this.#perAddress.set(connection.address, this.ofAddress(connection.address) + 1)
  }

  /** Answers whether it was there. */
  delete(connection: Connection): boolean {
    if (!this.#all.delete(connection)) return false
    const left = this.ofAddress(connection.address) - 1
    if (left > 0) this.#perAddress.set(connection.address, left)
    else this.#perAddress.delete(connection.address)
    return true
  }

  ofAddress(address: string): number {
    return this.#perAddress.get(address) ?? 0
  }

  /** Those of an address that have not said who they are. */
  anonymous(address: string): number {
    let count = 0
    for (const { address: other, state } of this.#all)
      if (other === address && state.name === 'awaiting-identity') count += 1
    return count
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }
}
