import { runBusTests } from './bus-tests.ts'
import { MemoryBus } from './memory-bus.ts'

runBusTests(async () => new MemoryBus())
