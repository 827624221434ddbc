/** Keeps a list of messages where the reader expects it: at the end while they are there, and still when older ones come. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const endPixels = 60
const startPixels = 240

interface ScrollOptions {
  readonly list: RefObject<HTMLElement | null>
  /** The key of the first and of the last line: their change tells older and newer lines apart. */
  readonly first: string | undefined
  readonly last: string | undefined
  /** Called when the reader comes near the oldest line. */
  readonly onNearStart: () => void
}

/** Whether the end is in sight, and a way to go there. */
export function useScroll({ list, first, last, onNearStart }: ScrollOptions) {
  const [atEnd, setAtEnd] = useState(true)
  const stick = useRef(true)
  const before = useRef<{ first: string | undefined; height: number }>({ first: undefined, height: 0 })

  const toEnd = useCallback(() => {
    const element = list.current
    if (element === null) return
    stick.current = true
    setAtEnd(true)
    element.scrollTop = element.scrollHeight
  }, [list])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `last` is not read, but a new last line is what this waits for
  useLayoutEffect(() => {
    const element = list.current
    if (element === null) return
    const { first: firstBefore, height } = before.current
    if (firstBefore === undefined && first !== undefined) {
      element.scrollTop = element.scrollHeight
    } else if (first !== firstBefore) {
      element.scrollTop += element.scrollHeight - height
    } else if (stick.current) {
      element.scrollTop = element.scrollHeight
    }
    before.current = { first, height: element.scrollHeight }
  }, [list, first, last])

  useEffect(() => {
    const element = list.current
    if (element === null) return
    const stop = new AbortController()
    const look = () => {
      const end = element.scrollHeight - element.scrollTop - element.clientHeight < endPixels
      stick.current = end
      setAtEnd(end)
      before.current.height = element.scrollHeight
      if (element.scrollTop < startPixels) onNearStart()
    }
    element.addEventListener('scroll', look, { passive: true, signal: stop.signal })
    // The keyboard of a phone, a growing composer or a late reaction must not push the newest message out of sight.
    const sizes = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight
      look()
    })
    sizes.observe(element)
    if (element.firstElementChild !== null) sizes.observe(element.firstElementChild)
    return () => {
      stop.abort()
      sizes.disconnect()
    }
  }, [list, onNearStart])

  return { atEnd, toEnd }
}
