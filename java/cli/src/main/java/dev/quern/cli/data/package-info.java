/** Options about data sets, augmentation and sampling, and the data of a training run. */
package dev.quern.cli.data;
