/** Readers of annotation files for object detection. */
package dev.quern.io.boxes;
