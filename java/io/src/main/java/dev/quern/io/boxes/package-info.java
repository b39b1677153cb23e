/** Files that say where things are in pictures. */
package dev.quern.io.boxes;
