/**
 * Options and converters that several commands share and that do not depend on data sets or runs.
 */
package dev.quern.cli.option;
