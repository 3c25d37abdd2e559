// The phone's receiver, watched once for all who follow it: two watches cost the battery twice. It starts with the first
// follower and ends with the last.

type Take = (position: GeolocationPosition) => void;
type Refuse = (error: GeolocationPositionError) => void;

interface Follower {
  take: Take;
  refuse: Refuse;
}

/** How old a place may be for somebody who asks for the last one, ms. */
const RECENT_MS = 5000;

const followers = new Set<Follower>();
let watching: number | undefined;
let last: GeolocationPosition | null = null;
let failed: GeolocationPositionError | null = null;

/** Follows the receiver until the answer is called; null when there is none. With `recent` a place that another follower
 * has just had is told too. */
export function followReceiver(take: Take, refuse: Refuse, recent = false): (() => void) | null {
  // Some webviews have the interface missing, whatever the types say.
  const geolocation = navigator.geolocation as Geolocation | undefined;
  if (!geolocation) return null;
  const follower = { take, refuse };
  followers.add(follower);
  if (watching === undefined) {
    watching = geolocation.watchPosition(onPlace, onError, { enableHighAccuracy: true, maximumAge: 0 });
  } else if (failed) {
    refuse(failed);
  } else if (recent && last && Date.now() - last.timestamp < RECENT_MS) {
    take(last);
  } else {
    // A phone that stands still may report nothing more to a watch that runs already.
    const isHere = (): boolean => followers.has(follower);
    geolocation.getCurrentPosition(
      (position) => { if (isHere()) take(position); },
      (error) => { if (isHere()) refuse(error); },
      { enableHighAccuracy: true, maximumAge: recent ? RECENT_MS : 0 },
    );
  }
  return () => {
    followers.delete(follower);
    if (followers.size === 0) rest();
  };
}

function onPlace(position: GeolocationPosition): void {
  last = position;
  failed = null;
  for (const { take } of [...followers]) take(position);
}

function onError(error: GeolocationPositionError): void {
  // A watch that was not allowed stays silent for good: who comes next asks anew, for all.
  if (error.code === error.PERMISSION_DENIED) rest();
  else failed = error;
  for (const { refuse } of [...followers]) refuse(error);
}

function rest(): void {
  if (watching !== undefined) navigator.geolocation.clearWatch(watching);
  watching = undefined;
  last = null;
  failed = null;
}
