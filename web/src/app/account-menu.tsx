import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../api/call.ts'
import { dropAnswers, type Me, sessionKey } from '../api/session.ts'
import { Menu } from '../parts/menu.tsx'
import { Avatar } from '../parts/person.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { i18n, languages, useText } from '../text/text.tsx'
import { chooseLanguage } from './language.ts'
import { chooseTheme, themes, useTheme } from './theme.ts'

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const

/** The person who is signed in: their profile, how the page looks and speaks to them, and the way out. */
export function AccountMenu({ me }: { me: Me }) {
  const t = useText()
  const theme = useTheme()
  const client = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    try {
      await call('endSession', {})
    } catch (error) {
      return tellFailure(error, t('part.problem.title'))
    }
    // Nothing that the next person could see may stay.
    dropAnswers(client)
    await client.refetchQueries({ queryKey: sessionKey })
    await navigate({ to: '/sign-in', search: {} })
  }
  return (
    <Menu
      label={t('shell.account', { name: me.name })}
      isNamed
      look="plain"
      sections={[
        {
          title: me.name,
          choices: [
            { id: 'profile', name: t('profile.title'), icon: 'person', href: '/profile' },
            { id: 'out', name: t('shell.signOut'), icon: 'out', run: () => void signOut() },
          ],
        },
        {
          title: t('shell.theme'),
          choices: themes.map((one) => ({
            id: `theme ${one}`,
            name: t(`shell.theme.${one}`),
            icon: themeIcons[one],
            isChosen: theme === one,
            run: () => chooseTheme(one),
          })),
        },
        {
          title: t('shell.language'),
          choices: languages.map((one) => ({
            id: `language ${one}`,
            name: t(`shell.language.${one}`),
            isChosen: i18n.locale === one,
            run: () => {
              // Reasons that were told in the language before are asked for again.
              void chooseLanguage(one, true).then(() => client.invalidateQueries())
            },
          })),
        },
      ]}
    >
      <Avatar name={me.name} size={34} />
      <span className="top-name">{me.name}</span>
    </Menu>
  )
}
