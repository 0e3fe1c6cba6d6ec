/**
 * Names the points between which a program may die. Called at every await that matters; does nothing but in tests,
 * which throw from it to end the program's life there (F16).
 */
export type OnStep = (name: string) => void

export const noSteps: OnStep = () => {}
