// Fingers, mouse and keys, turned into the arithmetic of zoom.ts.

import { computed, ref, type Ref } from "vue";
import { CLOSE, STEP, pinch, whole, within, zoomAt, type Point, type Size, type View } from "./zoom";

/** Two taps within this time and this distance are one double tap. */
const DOUBLE_MS = 300;
const DOUBLE_PX = 32;

export function useZoom(box: Ref<HTMLElement | null>, picture: () => Size) {
  const view = ref<View>(whole);
  const fingers = new Map<number, Point>();
  let tapped = { at: 0, point: { x: 0, y: 0 } };
  let hasMoved = false;

  const isWhole = computed(() => view.value.scale === 1);
  const style = computed(() => ({ transform: `translate(${view.value.x}px, ${view.value.y}px) scale(${view.value.scale})` }));

  function size(): Size {
    return { width: box.value?.clientWidth ?? 1, height: box.value?.clientHeight ?? 1 };
  }

  function take(next: View): void {
    view.value = within(next, size(), picture());
  }

  /** From the middle of the box. */
  function pointOf(event: MouseEvent): Point {
    const frame = box.value?.getBoundingClientRect();
    return frame ? { x: event.clientX - frame.left - frame.width / 2, y: event.clientY - frame.top - frame.height / 2 } : { x: 0, y: 0 };
  }

  function onDown(event: PointerEvent): void {
    box.value?.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pointOf(event));
    hasMoved = fingers.size > 1;
  }

  function onMove(event: PointerEvent): void {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const after = pointOf(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) take(pinch(view.value, [before, other], [after, other]));
    else take({ ...view.value, x: view.value.x + after.x - before.x, y: view.value.y + after.y - before.y });
    if (Math.hypot(after.x - before.x, after.y - before.y) > 4) hasMoved = true;
    fingers.set(event.pointerId, after);
  }

  function onUp(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || hasMoved || fingers.size > 0) return;
    const point = pointOf(event);
    const isDouble = event.timeStamp - tapped.at < DOUBLE_MS && Math.hypot(point.x - tapped.point.x, point.y - tapped.point.y) < DOUBLE_PX;
    tapped = { at: isDouble ? 0 : event.timeStamp, point };
    if (isDouble) take(isWhole.value ? zoomAt(view.value, CLOSE, point) : whole);
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    take(zoomAt(view.value, Math.exp(-event.deltaY / 300), pointOf(event)));
  }

  const handlers = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp, wheel: onWheel };
  return {
    view,
    isWhole,
    style,
    handlers,
    larger: () => take(zoomAt(view.value, STEP, { x: 0, y: 0 })),
    smaller: () => take(zoomAt(view.value, 1 / STEP, { x: 0, y: 0 })),
    move: (x: number, y: number) => take({ ...view.value, x: view.value.x + x, y: view.value.y + y }),
    reset: () => { view.value = whole; },
  };
}
