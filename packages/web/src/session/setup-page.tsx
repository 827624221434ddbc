/** Makes the first administrator, with the one-time code of the link that the server printed. */
import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Redirect, useLocation } from 'wouter'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { AccountFields } from './account-fields.tsx'
import { AuthCard } from './auth-card.tsx'
import { useConfig, useSession } from './session-context.tsx'
import { useFieldErrors } from './use-field-errors.ts'

/** The set-up page; asks for the code first when the link had none. */
export function SetupPage() {
  const [code, setCode] = useState(codeOfPage)
  useEffect(() => {
    const take = () => {
      const found = codeOfPage()
      if (found === '') return
      setCode(found)
      // The code is worth an administrator's account: it does not stay in the address and the history.
      window.history.replaceState(null, '', '/setup')
    }
    take()
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])
  const config = useConfig()
  if (config?.onboarding === false) return <Redirect to="/sign-in" replace />
  return code === '' ? <CodeForm onCode={setCode} /> : <AdministratorForm code={code} onBack={() => setCode('')} />
}

function CodeForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: (value) => (value.trim() === '' ? 'Enter the code of the link' : null) },
  })
  return (
    <AuthCard
      title="Set up this server"
      hint="Nobody has an account yet. Open the set-up link that the server printed when it started, or enter its code here."
    >
      <form onSubmit={form.onSubmit(({ code }) => onCode(codeOf(code.trim())))} noValidate>
        <Stack gap="md">
          <TextInput label="Set-up code" autoComplete="off" spellCheck={false} {...form.getInputProps('code')} />
          <Button type="submit">Continue</Button>
        </Stack>
      </form>
    </AuthCard>
  )
}

function AdministratorForm({ code, onBack }: { readonly code: string; readonly onBack: () => void }) {
  const { http, enter } = useSession()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const form = useForm({ initialValues: { name: '', email: '', password: '' } })
  const setup = useMutation({
    mutationFn: (values: typeof form.values) => http.call('auth.setup', { body: { ...values, code } }),
    onSuccess: (account) => {
      enter(account)
      navigate('/', { replace: true })
      return queries.invalidateQueries({ queryKey: ['config'] })
    },
  })
  const refusal = useFieldErrors(form, setup.error)
  return (
    <AuthCard title="Create the administrator" hint="This account can invite people and manage the server.">
      <form onSubmit={form.onSubmit((values) => setup.mutate(values))} noValidate>
        <Stack gap="md">
          <AccountFields form={form} />
          <ErrorAlert error={refusal} />
          <Button type="submit" loading={setup.isPending}>
            Create account
          </Button>
          {setup.isError && (
            <Button variant="subtle" onClick={onBack}>
              Enter another code
            </Button>
          )}
        </Stack>
      </form>
    </AuthCard>
  )
}

/** The code in the page's own address, from `?code=` or `#code=`; empty when there is none. */
function codeOfPage(): string {
  const code = codeOf(window.location.href)
  return code === window.location.href ? '' : code
}

/** The code in a link, or the text itself when it is no link. */
function codeOf(value: string): string {
  return /[?#&]code=([^&#\s]+)/.exec(value)?.[1] ?? value
}
