/** Images in memory and how they become floats. Readers of files are in the module quern-io. */
package dev.quern.data;
