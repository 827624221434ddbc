/** The app: what surrounds every page, and which page the address and the session lead to. */

import { Center, localStorageColorSchemeManager, MantineProvider, Stack } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { SallyportError } from '@sallyport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { ChannelPage } from './channels/channel-page.tsx'
import { NoteSkeleton } from './notes/note-skeleton.tsx'
import { NotesPage } from './notes/notes-page.tsx'
import { AdminPage } from './people/admin-page.tsx'
import { PendingPage } from './session/pending-page.tsx'
import { SessionProvider, useConfig, useSession } from './session/session-context.tsx'
import { SetupPage } from './session/setup-page.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { SignUpPage } from './session/sign-up-page.tsx'
import { ConnectionProvider } from './shell/connection-context.tsx'
import { ErrorAlert } from './shell/error-alert.tsx'
import { HomePage } from './shell/home-page.tsx'
import { Logo } from './shell/logo.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { Shell } from './shell/shell.tsx'
import { cssVariables, theme } from './theme.ts'

// The editor is the largest part of the app, and nobody needs it to sign in or to talk.
const NotePage = lazy(() => import('./notes/note-page.tsx').then((module) => ({ default: module.NotePage })))

const maxRetries = 2

/** Everything. */
export function App() {
  const [queries] = useState(makeQueryClient)
  const [colorScheme] = useState(() => localStorageColorSchemeManager({ key: 'sallyport-color-scheme' }))
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <ModalsProvider>
            <Notifications position="bottom-right" />
            <Pages />
          </ModalsProvider>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}

function Pages() {
  const { state, check } = useSession()
  const config = useConfig()
  if (state.status === 'loading' || state.status === 'failed') {
    return (
      <Center component="main" mih="100dvh" p="lg">
        <Stack align="center">
          <Logo size={48} />
          {state.status === 'failed' && <ErrorAlert error={state.error} onRetry={() => void check()} />}
        </Stack>
      </Center>
    )
  }
  if (state.status === 'pending') return <PendingPage />
  if (state.status === 'signed-out') {
    return (
      <Switch>
        <Route path="/setup" component={SetupPage} />
        <Route path="/sign-up" component={SignUpPage} />
        <Route>{config?.onboarding === true ? <Redirect to="/setup" replace /> : <SignInPage />}</Route>
      </Switch>
    )
  }
  return (
    <ConnectionProvider key={state.account.id}>
      <Shell>
        <Switch>
          <Route path="/" component={HomePage} />
          <Route path="/channels/:id">{({ id }) => <ChannelPage id={id} />}</Route>
          <Route path="/notes" component={NotesPage} />
          <Route path="/notes/:id">
            {({ id }) => (
              <Suspense fallback={<NoteSkeleton />}>
                <NotePage id={id} />
              </Suspense>
            )}
          </Route>
          <Route path="/admin">{state.account.role === 'admin' ? <AdminPage /> : <NotFoundPage />}</Route>
          <Route path="/sign-in">
            <Redirect to="/" replace />
          </Route>
          <Route path="/sign-up">
            <Redirect to="/" replace />
          </Route>
          <Route path="/setup">
            <Redirect to="/" replace />
          </Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      </Shell>
    </ConnectionProvider>
  )
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // Only what may succeed unchanged is asked again.
        retry: (failures, error) => failures < maxRetries && error instanceof SallyportError && error.retry,
        refetchOnWindowFocus: false,
      },
    },
  })
}
