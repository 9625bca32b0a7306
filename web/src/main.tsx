import './styles/main.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { answers } from './api/queries.ts'
import { chooseLanguage, firstLanguage } from './app/language.ts'
import { router } from './app/router.tsx'
import { TextProvider } from './text/text.tsx'

const place = document.getElementById('root')
if (place === null) throw new Error('the page has no place for the client')

await chooseLanguage(firstLanguage(), false)
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={answers}>
      <TextProvider>
        <RouterProvider router={router} />
      </TextProvider>
    </QueryClientProvider>
  </StrictMode>,
)
