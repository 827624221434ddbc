/** A typed event emitter whose listeners cannot disturb each other. */
import { raise } from './background.ts'

/** The events of an emitter: for each name the arguments of its listeners. */
export type EventMap = Record<string, readonly unknown[]>

/** A function that takes the arguments of an event. */
export type Listener<Events extends EventMap, E extends keyof Events> = (...args: Events[E]) => void

type Listeners<Events extends EventMap> = {
  [E in keyof Events]?: Map<Listener<Events, E>, Listener<Events, E>>
}

/** Calls listeners in the order in which they were added; one that throws is raised and the others are still called. */
export class Emitter<Events extends EventMap> {
  #listeners: Listeners<Events> = {}

  /** Adds a listener (once, however often it is added) and returns what removes it. */
  on<E extends keyof Events>(event: E, listener: Listener<Events, E>): () => void {
    return this.#add(event, listener, listener)
  }

  /** Adds a listener for the next such event only. */
  once<E extends keyof Events>(event: E, listener: Listener<Events, E>): () => void {
    return this.#add(event, listener, (...args) => {
      this.off(event, listener)
      listener(...args)
    })
  }

  off<E extends keyof Events>(event: E, listener: Listener<Events, E>): void {
    this.#listeners[event]?.delete(listener)
  }

  emit<E extends keyof Events>(event: E, ...args: Events[E]): void {
    const listeners = this.#listeners[event]
    if (listeners === undefined) return
    // A copy: a listener may remove itself or others while they are called.
    for (const [key, listener] of [...listeners]) {
      if (!listeners.has(key)) continue
      try {
        listener(...args)
      } catch (error) {
        raise(error)
      }
    }
  }

  /** Removes all listeners, also those that an event under way has not reached yet. */
  clear(): void {
    for (const listeners of Object.values(this.#listeners)) listeners?.clear()
    this.#listeners = {}
  }

  #add<E extends keyof Events>(event: E, key: Listener<Events, E>, listener: Listener<Events, E>): () => void {
    const listeners = this.#listeners[event] ?? new Map<Listener<Events, E>, Listener<Events, E>>()
    this.#listeners[event] = listeners
    listeners.set(key, listener)
    return () => this.off(event, key)
  }
}
