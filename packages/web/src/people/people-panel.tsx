/** All accounts, with search, and what an administrator can do with them. */
import { Button, Group, Pagination, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { limits } from '@sallyport/protocol'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useHttp } from '../session/session-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { accountsKey } from './accounts-key.ts'
import { AddPersonDialog } from './add-person-dialog.tsx'
import classes from './admin-page.module.css'
import { PersonRow } from './person-row.tsx'

/** The panel. */
export function PeoplePanel() {
  const http = useHttp()
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const [adding, showAdding] = useDisclosure(false)
  const [query] = useDebouncedValue(text.trim(), 200)
  const accounts = useQuery({
    queryKey: [...accountsKey, query, page],
    queryFn: () => http.call('users.list', { query: { query, page } }),
    placeholderData: keepPreviousData,
  })
  const total = accounts.data?.total ?? 0
  const pages = Math.max(1, Math.ceil(total / limits.page))
  return (
    <Stack gap="md">
      <Group gap="sm">
        <TextInput
          flex={1}
          miw={180}
          aria-label="Search people"
          placeholder="Search by name or e-mail"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setPage(1)
          }}
        />
        <Button leftSection={<IconUserPlus size={18} />} onClick={showAdding.open}>
          Add a person
        </Button>
      </Group>
      <ErrorAlert error={accounts.error} onRetry={() => void accounts.refetch()} />
      {accounts.isPending && [1, 2, 3].map((line) => <Skeleton key={line} height={44} />)}
      {accounts.data !== undefined && (
        <>
          <Text size="sm" c="dimmed" role="status">
            {total === 1 ? '1 account' : `${total} accounts`}
          </Text>
          <ul className={classes.list} aria-label="Accounts">
            {accounts.data.users.map((account) => (
              <PersonRow key={account.id} account={account} />
            ))}
          </ul>
        </>
      )}
      {pages > 1 && (
        <Pagination
          total={pages}
          value={page}
          onChange={setPage}
          getControlProps={(control) => ({ 'aria-label': `${control} page` })}
        />
      )}
      <AddPersonDialog opened={adding} onClose={showAdding.close} />
    </Stack>
  )
}
