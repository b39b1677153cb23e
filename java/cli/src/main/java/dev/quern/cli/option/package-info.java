/** Options and converters that several commands share; they know no data set and no run. */
package dev.quern.cli.option;
