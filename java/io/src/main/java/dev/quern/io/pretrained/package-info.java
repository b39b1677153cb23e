/**
 * Pretrained networks by name: the catalog, the download of weights files, and the folder that
 * stores them.
 */
@NullMarked
package dev.quern.io.pretrained;

import org.jspecify.annotations.NullMarked;
