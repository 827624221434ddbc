/** The emitter under the client and its channels. */
import { expect, test, vi } from 'vitest'
import { Emitter } from '../src/emitter.ts'

type Events = { said: [text: string, loud: boolean] }

test('[CL1] listeners are called in order with the arguments, once ones only once', () => {
  const emitter = new Emitter<Events>()
  const heard: string[] = []
  emitter.on('said', (text, loud) => heard.push(`a ${text} ${loud}`))
  emitter.once('said', (text) => heard.push(`b ${text}`))
  const off = emitter.on('said', (text) => heard.push(`c ${text}`))
  emitter.emit('said', 'one', true)
  off()
  emitter.emit('said', 'two', false)
  expect(heard).toEqual(['a one true', 'b one', 'c one', 'a two false'])
})

test('[CL1] a listener that is removed while an event is told is not called any more', () => {
  const emitter = new Emitter<Events>()
  const heard: string[] = []
  const second = () => heard.push('second')
  emitter.on('said', () => {
    heard.push('first')
    emitter.off('said', second)
  })
  emitter.on('said', second)
  emitter.emit('said', 'one', true)
  emitter.on('said', () => emitter.clear())
  emitter.on('said', second)
  emitter.emit('said', 'two', true)
  expect(heard).toEqual(['first', 'first'])
})

test('[CL2] a listener that throws does not keep the others from being told, and its error is not swallowed', () => {
  const raised: (() => void)[] = []
  const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => raised.push(task))
  const emitter = new Emitter<Events>()
  const heard: string[] = []
  emitter.on('said', () => {
    throw new Error('broken listener')
  })
  emitter.on('said', (text) => heard.push(text))
  emitter.emit('said', 'one', true)
  queue.mockRestore()
  expect(heard).toEqual(['one'])
  expect(raised).toHaveLength(1)
  expect(() => raised[0]?.()).toThrow('broken listener')
})
