/*
 * The complete C ABI of Quern, the only native interface that the Java code calls. It is divided into headers, which
 * JavaCPP reads one by one (QuernConfig).
 *
 * Every function that can fail returns a quern_status, where 0 is success. After a failure, quern_error_message() names
 * the operation, the value found and the value expected. No function throws, and compute calls do not allocate memory:
 * the caller queries the workspace size first and passes a workspace that is aligned to at least 8 bytes.
 *
 * A quern_*_workspace query returns the number of bytes that is sufficient for its descriptor and for every descriptor
 * that differs only in a smaller batch (or fewer rows), for any number of threads when the passes run. The workspace is
 * divided into one slot per thread that was set at the query; if more threads run later, they share the slots and wait
 * for each other. The content is undefined after a pass, so that the next pass may reuse the memory.
 *
 * Activations are void*: their element type is a quern_type in the descriptor or, for functions without a descriptor,
 * the first argument. Their memory order is NHWC (channels last) unless a descriptor selects another order. The pitch
 * of a tensor is the number of elements from one pixel to the next: at least the number of channels in NHWC, 1 in NCHW.
 * An unknown type, an unknown order or a pitch that is too small returns QUERN_INVALID_ARGUMENT; a known type or order
 * that the operator does not support returns QUERN_UNSUPPORTED. Arguments of type float* are float32 for every type of
 * activations: parameters and their gradients, statistics, losses with their logits and targets, optimizer state.
 *
 * Weights and their gradients are in the order of the files, OIHW or [out, in]. After each update, the *_pack functions
 * make a packed copy in the order that the kernels read. Packed weights are opaque bytes; the *_packed_size query
 * returns their number, and the first byte is aligned to 64 bytes. Where the query returns 0, the passes expect the
 * weights themselves instead of packed weights. "diff" is the gradient with respect to a tensor (oneDNN's term).
 *
 * Packed weights in half precision (bf16, f16) exist in inference only. They are made from float32 weights whose values
 * are already representable in that type, and the passes compute with them in float32. An implementation that does not
 * run faster with half precision packs float32.
 *
 * All functions are thread-safe as long as concurrent calls use different outputs and workspaces.
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
#include "quern_recurrent.h"
#include "quern_windows.h"

#endif
