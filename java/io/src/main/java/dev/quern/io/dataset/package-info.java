/**
 * Readers of published data sets, folders of images and files of boxes, and the download of the
 * published ones.
 */
@NullMarked
package dev.quern.io.dataset;

import org.jspecify.annotations.NullMarked;
