/**
 * Pretrained networks by name: the catalog, the download of their files, and the folder in which
 * files are stored.
 */
@NullMarked
package dev.quern.io.pretrained;

import org.jspecify.annotations.NullMarked;
