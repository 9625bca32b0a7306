import { Switch } from '../parts/checkbox.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { turnShortcuts, useShortcutGroups, useShortcutsAreOn } from '../parts/shortcuts.tsx'
import { useText } from '../text/text.tsx'

/** Lists the keys that do something on this page. */
export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const t = useText()
  const groups = useShortcutGroups()
  const areOn = useShortcutsAreOn()
  return (
    <Dialog title={t('shortcuts.title')} isOpen={isOpen} onClose={onClose}>
      <Switch label={t('shortcuts.on')} isSelected={areOn} onChange={turnShortcuts} />
      {[...groups].reverse().map((group) => (
        <section key={group.title} className="shortcuts">
          <h3>{t(group.title)}</h3>
          <dl>
            {group.shortcuts.map(({ keys, text }) => (
              <div key={keys}>
                <dt>{t(text)}</dt>
                <dd>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
