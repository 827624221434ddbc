/** Stands where the text of a note will be: a note that is not loaded must not look empty. */
import { Skeleton, Stack } from '@mantine/core'

/** Grey lines. */
export function NoteSkeleton() {
  return (
    <Stack w="100%" maw={736} mx="auto" px="lg" py={72} gap="md" role="status" aria-label="Opening the note">
      {[70, 94, 88, 40, 90, 62].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </Stack>
  )
}
