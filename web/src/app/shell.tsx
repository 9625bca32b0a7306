import { Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components'
import { useIsLineLost, useLiveEvents } from '../api/live.ts'
import { type Me, type Session, useSession } from '../api/session.ts'
import { IconButton } from '../parts/button.tsx'
import { useNow } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { useShortcutKeys, useShortcuts } from '../parts/shortcuts.tsx'
import { stuckToTop } from '../parts/stuck.ts'
import { Time } from '../parts/time.tsx'
import { useText } from '../text/text.tsx'
import { AccountMenu } from './account-menu.tsx'
import { BasketLink } from './basket-link.tsx'
import { Navigation, placesFor } from './navigation.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'

/** What is around every page of somebody who is signed in. The route lets nobody else in; whose session ends is sent to sign in again. */
export function Shell() {
  const session = useSession()
  const router = useRouter()
  const isGone = session.data?.person === null
  useEffect(() => {
    if (isGone) void router.invalidate()
  }, [isGone, router])
  if (!session.data?.person) return null
  return <SignedIn session={session.data} me={session.data.person} />
}

function SignedIn({ session, me }: { session: Session; me: Me }) {
  const t = useText()
  const [isMenuOpen, setMenuOpen] = useState(false)
  useLiveEvents(me.id)
  useShortcutKeys()
  const { pathname } = useLocation()
  useEffect(() => {
    if (pathname) setMenuOpen(false)
  }, [pathname])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <aside className="side">
        <div className="side-stays">
          <Mark tenant={session.tenantName} />
          <Navigation me={me} />
        </div>
      </aside>
      <header ref={stuckToTop} className="top">
        <span className="top-menu">
          <IconButton icon="menu" label={t('shell.menu')} onPress={() => setMenuOpen(true)} />
          <Mark tenant={session.tenantName} />
        </span>
        <span className="top-tools">
          <BasketLink me={me} />
          <Shortcuts me={me} />
          <AccountMenu me={me} />
        </span>
      </header>
      <Notices session={session} />
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
      <ModalOverlay className="overlay overlay-side" isDismissable isOpen={isMenuOpen} onOpenChange={setMenuOpen}>
        <Modal className="side side-modal">
          <AriaDialog aria-label={t('shell.navigation')} className="dialog-plain">
            <div className="side-head">
              <Mark tenant={session.tenantName} />
              <IconButton icon="close" label={t('part.close')} onPress={() => setMenuOpen(false)} />
            </div>
            <Navigation me={me} onGo={() => setMenuOpen(false)} />
          </AriaDialog>
        </Modal>
      </ModalOverlay>
    </div>
  )
}

function Mark({ tenant }: { tenant: string }) {
  return (
    <span className="mark">
      <img src="/mark.svg" alt="" width="30" height="30" />
      <span>
        <span className="mark-name">Countersign</span>
        {tenant.toLowerCase() === 'countersign' ? null : <span className="mark-tenant">{tenant}</span>}
      </span>
    </span>
  )
}

/** What holds for every page at the moment: the server cannot be heard, or business time stands still. */
function Notices({ session }: { session: Session }) {
  const t = useText()
  const isLost = useIsLineLost()
  const now = useNow()
  return (
    <div className="notices" role="status">
      {isLost ? (
        <p className="notice notice-warn">
          <Icon name="warning" size={18} /> {t('shell.lost')}
        </p>
      ) : null}
      {session.clock.held ? (
        <p className="notice">
          <Icon name="clock" size={18} />
          <span>
            {t('shell.held')} <Time at={new Date(now).toISOString()} />
          </span>
        </p>
      ) : null}
    </div>
  )
}

/** The keys that work everywhere: `g` and a letter goes to a page, `?` lists all keys. */
function Shortcuts({ me }: { me: Me }) {
  const navigate = useNavigate()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const t = useText()
  const mode = useSession().data?.mode ?? 'production'
  const places = placesFor(me, mode).flatMap((group) => group.places)
  useShortcuts('shortcuts.everywhere', [
    { keys: '?', text: 'shortcuts.help', run: () => setHelpOpen(true) },
    ...places.map(({ key, text, to }) => ({ keys: `g ${key}`, text, run: () => void navigate({ to }) })),
  ])
  return (
    <>
      <span className="top-wide">
        <IconButton icon="keyboard" label={t('shortcuts.title')} onPress={() => setHelpOpen(true)} />
      </span>
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  )
}
