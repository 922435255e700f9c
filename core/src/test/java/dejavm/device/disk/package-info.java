/** Tests of IDE channels, disks and CD-ROM drives. */
package dejavm.device.disk;
