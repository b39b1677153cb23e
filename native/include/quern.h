/*
 * The whole C ABI of Quern: the only surface that the Java side sees. Its parts are headers of their own, which
 * JavaCPP reads one by one (QuernConfig).
 *
 * Every function that can fail returns a quern_status, 0 being success; quern_error_message() then names operation,
 * offending value and rule. No function throws, and none allocates inside a compute call: a caller asks for the
 * workspace first and passes it in, aligned to 8 bytes at least.
 *
 * A quern_*_workspace query answers with bytes that are enough for its descriptor and for every one that differs by a
 * smaller batch (or fewer rows) alone, whatever number of threads is set when the passes run. Threads have places in
 * it: with no more of them than at the query each has its own, more of them wait for one another. What a pass leaves
 * there is nobody's: the next may have the same memory.
 *
 * Activations are void*: their element type is a quern_type in the descriptor, or the first argument where there is
 * none. Their memory order is NHWC (channels last) unless a descriptor says otherwise. The pitch of a tensor is the
 * number of elements from one pixel to the next: at least its channels in NHWC, 1 in NCHW. A value of a field that is
 * no type, no order, or a pitch too small is QUERN_INVALID_ARGUMENT; one that is known, but not computed in that place,
 * is QUERN_UNSUPPORTED. What is float* is float32 whatever the activations are: parameters and their gradients,
 * statistics, losses with their logits and targets, optimizer state.
 *
 * Weights and their gradients are OIHW and [out, in], as in files; a packed copy in the order that the kernels read is
 * made by the *_pack functions after each update: opaque bytes, as many as the *_packed_size query says, whose first is
 * aligned to 64 bytes. Where that is 0 the passes take the weights themselves in place of packed ones. "diff" is the
 * gradient with respect to a tensor (oneDNN's term).
 *
 * Packed weights of 16 bits, which inference alone has, are made of float32 that have such values already; passes
 * compute with them in float32. An implementation that gains nothing by them packs float32.
 *
 * All functions may be called from several threads at once, on different outputs and workspaces.
 */
#ifndef QUERN_H
#define QUERN_H

#include "quern_base.h"
#include "quern_conv2d.h"
#include "quern_elements.h"
#include "quern_images.h"
#include "quern_losses.h"
#include "quern_norms.h"
#include "quern_optimizers.h"
#include "quern_products.h"
#include "quern_windows.h"

#endif
