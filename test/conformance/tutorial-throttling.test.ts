import { testTutorial } from '../support/tutorial-test.ts'

// The page is about the limits of an account as they are without being told.
testTutorial('throttling', () => Promise.resolve({ flags: { testClock: true, quota: [] } }))
