/** Reading codes by the camera. */
export const camera = {
  asking: 'The browser asks whether this page may use the camera…',
  refused: 'This page may not use the camera: the browser does not let it.',
  absent: 'No camera was found, or the browser gives it to no page of this address.',
  busy: 'The camera does not work now: perhaps another program has it.',
  contact: {
    show: 'The other person scans this code, or you scan theirs. It holds no secret.',
    qr: 'Your code for the other person to scan',
    scan: 'Scan their code',
    told: 'Hold the code on the other person’s screen before the camera.',
    instead: 'Compare the digits by eye.',
    match: 'The codes fit: nobody stands between you. The person is verified.',
    differs:
      'The code does not fit: it shows another account than the one you write to. Perhaps somebody stands between you. Write nothing secret here, and ask the person in another way.',
    own: 'This is the code that you show yourself. Scan the one on the other person’s screen.',
    'other-kind': 'This is a code for something else.',
    newer: 'This code is of a newer version of Veche. Load the page anew, or compare the digits.',
    none: 'This is not a code for comparing. On the other person’s device it stands in “About this chat”.',
  },
  linking: {
    scan: 'Scan the code',
    told: 'Hold the code on your other device before the camera.',
    instead: 'Type the code that stands below it, or copy it.',
  },
  sheet: {
    scan: 'Scan the sheet',
    told: 'Hold the square code of the sheet before the camera.',
    instead: 'Type the twelve words.',
    none: 'This is not the code of a recovery sheet.',
    otherServer: (server: string) => `This sheet is of another server: ${server}. Nothing was taken from it.`,
  },
}
