package dejavm.rfb;

import dejavm.device.video.Picture;

/**
 * What is to be sent to a viewer, as things were when that was decided.
 *
 * @param map whether the viewer has to be sent its map of colours first
 * @param announce whether it has to be told what this server can
 * @param refuse whether it asked for another size, which it cannot have
 */
record Order(
    Picture picture,
    ClientMessage.UpdateRequest request,
    PixelFormat format,
    boolean map,
    Abilities abilities,
    boolean announce,
    boolean refuse) {}
