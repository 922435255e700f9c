package dejavm.cli;

import dejavm.image.DriveImages;
import dejavm.record.Image;
import dejavm.session.Setup;
import java.util.List;

/**
 * A machine that was asked for, ready to be run.
 *
 * @param images the files that it was made from
 * @param note how it was asked for, in a recording
 * @param drives the images that are open for its drives
 */
record Plan(Setup setup, List<Image> images, String note, DriveImages drives) {}
