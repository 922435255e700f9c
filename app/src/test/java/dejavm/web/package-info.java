/** Tests of the web display. */
package dejavm.web;
