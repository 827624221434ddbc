/** Where administrators look after people and groups. */
import { Tabs } from '@mantine/core'
import { IconUser, IconUsersGroup } from '@tabler/icons-react'
import { PageHeader } from '../shell/page-header.tsx'
import classes from './admin-page.module.css'
import { GroupsPanel } from './groups-panel.tsx'
import { PeoplePanel } from './people-panel.tsx'

/** The page with both parts. */
export function AdminPage() {
  return (
    <>
      <PageHeader name="People and groups" />
      <div className={classes.scroll}>
        <Tabs defaultValue="people" className={classes.column} keepMounted={false}>
          <Tabs.List mb="lg">
            <Tabs.Tab value="people" leftSection={<IconUser size={16} />}>
              People
            </Tabs.Tab>
            <Tabs.Tab value="groups" leftSection={<IconUsersGroup size={16} />}>
              Groups
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="people">
            <PeoplePanel />
          </Tabs.Panel>
          <Tabs.Panel value="groups">
            <GroupsPanel />
          </Tabs.Panel>
        </Tabs>
      </div>
    </>
  )
}
