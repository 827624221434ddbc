/** The frame of the pages that are shown before sign-in. */
import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Logo } from '../shell/logo.tsx'
import classes from './auth-card.module.css'
import { useConfig } from './session-context.tsx'

interface AuthCardProps {
  readonly title: string
  readonly hint?: ReactNode
  readonly children: ReactNode
}

/** A card in the middle of the page with the logo and a title. */
export function AuthCard({ title, hint, children }: AuthCardProps) {
  const name = useConfig()?.name ?? 'Sallyport'
  useEffect(() => {
    document.title = `${title} · ${name}`
  }, [title, name])
  return (
    <Center component="main" className={classes.page}>
      <Stack className={classes.column} gap="lg">
        <Stack gap={6} align="center">
          <Logo size={44} />
          <Text fw={650} size="lg">
            {name}
          </Text>
        </Stack>
        <Paper withBorder p="xl" radius="lg" className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {hint !== undefined && (
                <Text c="dimmed" size="sm" mt={4}>
                  {hint}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
        <Text c="dimmed" size="xs" ta="center">
          Self-hosted channels and live notes
        </Text>
      </Stack>
    </Center>
  )
}
