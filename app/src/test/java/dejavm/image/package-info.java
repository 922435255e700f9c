/** Tests of images in files. */
package dejavm.image;
