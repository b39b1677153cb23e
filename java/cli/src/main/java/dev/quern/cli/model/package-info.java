/** Commands that describe, import, export and convert networks and models. */
package dev.quern.cli.model;
