/** The page of an address where nothing is. */
import { Button, Center, Stack, Text, Title } from '@mantine/core'
import { IconDoorOff } from '@tabler/icons-react'
import { Link } from 'wouter'
import { PageHeader } from './page-header.tsx'

/** Says that nothing is there that the person may see. */
export function NotFoundPage({ hint }: { readonly hint?: string }) {
  return (
    <>
      <PageHeader name="Not found" title={<span />} />
      <Center flex={1} p="lg">
        <Stack align="center" gap="sm" maw={420} ta="center">
          <IconDoorOff size={44} stroke={1.4} aria-hidden />
          <Title order={1} size="h3">
            Nothing is here
          </Title>
          <Text c="dimmed">
            {hint ?? 'It does not exist, or you may not see it. Check the link, or ask its owner for access.'}
          </Text>
          <Button component={Link} href="/" variant="light" mt="xs">
            Go to the start
          </Button>
        </Stack>
      </Center>
    </>
  )
}
