/** How good outputs are: accuracy, loss, one-hot targets. */
package dev.quern.metric;
