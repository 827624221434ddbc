/** Stands where messages will be. */
import { Group, Skeleton, Stack } from '@mantine/core'

const widths = [
  [30, 82],
  [22, 64],
  [26, 74],
  [24, 48],
] as const

/** Grey shapes of a few messages. */
export function MessagesSkeleton() {
  return (
    <Stack flex={1} justify="flex-end" gap="lg" p="lg" role="status" aria-label="Loading messages">
      {widths.map(([name, text]) => (
        <Group key={name} align="flex-start" gap="sm" wrap="nowrap">
          <Skeleton height={36} width={36} radius="md" flex="none" />
          <Stack gap={8} flex={1}>
            <Skeleton height={12} width={`${name}%`} />
            <Skeleton height={12} width={`${text}%`} />
          </Stack>
        </Group>
      ))}
    </Stack>
  )
}
