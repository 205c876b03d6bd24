import { testTutorial } from '../support/tutorial-test.ts'

testTutorial('api-keys-and-usage-plans', () => Promise.resolve({ flags: { testClock: true } }))
