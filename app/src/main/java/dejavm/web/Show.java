package dejavm.web;

import dejavm.bus.Input;
import dejavm.display.SerialFeed;
import dejavm.display.StatusBoard;
import dejavm.rfb.RfbSession;
import java.util.function.Consumer;

/**
 * What a page shows, and what can be done there.
 *
 * @param desktop the screen, and keys and mouse
 * @param serial what comes out of the serial console
 * @param typed takes what is typed into it
 * @param status how the machine is
 * @param button takes the power and the reset button
 */
public record Show(
    RfbSession.Desktop desktop,
    SerialFeed serial,
    Consumer<byte[]> typed,
    StatusBoard status,
    Consumer<Input> button) {}
