/** Services that other modules find through the service loader. */
package dev.quern.io.provider;
