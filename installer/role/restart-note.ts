/** How a note of a plan begins that tells of a restart in the course of the run. */
export const restartNote = 'its members are restarted in turn';
