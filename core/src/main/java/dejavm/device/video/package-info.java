/**
 * The video adapter. It is inside the nucleus: CPU, RAM and video are the deterministic part at the
 * cpu boundary, so the adapter has a clock and nothing else: no timers, no lines.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. Looking at the screen goes by {@link
 * dejavm.device.video.Vga#screen()}, as text, and {@link dejavm.device.video.Vga#picture()}, in
 * points. Pictures are functions of copied registers and of the memory: they have no effect that
 * the guest could see.
 */
package dejavm.device.video;
