/**
 * The notebook that Quern began as, a network of two convolutions "from scratch using NumPy", as it
 * was written, with every trait that keeps it from learning: integer kernels that overflow, sums
 * that wrap, gradients that are not gradients. {@link dev.quern.notebook.numpy.NotebookModel} is
 * the whole of it. These classes reproduce a record and are no operators to build on; those are in
 * {@link dev.quern.reference}.
 */
package dev.quern.notebook.numpy;
