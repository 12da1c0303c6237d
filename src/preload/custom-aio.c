// SPDX-License-Identifier: MIT
/*
 * A request that is made with aio_read(), aio_write() or lio_listio() moves its bytes whenever it likes. What came of it
 * is known, once, to who asks aio_return(): so that is when it is recorded by file, and the time is that of aio_return().
 */
#include "config.h"

#include "preload/wrapper.h"

#include <aio.h>

/* What else glibc puts beside the operation is above it. */
enum { OPERATION = 127 };

static void note_request(const struct aiocb *request, struct object_cell *object, const struct probe *probe, uint64_t ns,
			 ssize_t result)
{
	int operation = request->aio_lio_opcode & OPERATION;
	int way = operation == LIO_READ ? OBJECT_IN : OBJECT_OUT;

	if (result < 0)
		object_failed(object, probe, request->__error_code, ns);
	else if (operation == LIO_READ || operation == LIO_WRITE)
		object_moved(object, probe, ns, request->aio_fildes, way, (uint64_t)result, request->aio_offset);
	else
		object_touched(object, probe, ns);
}

EXPORT ssize_t aio_return(struct aiocb *aiocbp)
{
	struct probe probe = probe_begin(CALL_aio_return);
	ssize_t result = REAL(aio_return)(aiocbp);
	uint64_t ns = result < 0 ? probe_measured_failure(&probe, aiocbp->__error_code)
				 : probe_measured(&probe, (uint64_t)result);
	/* The pointer has been followed by now. What the search takes is nobody's time. */
	struct probe searching = probe;
	struct object_cell *object = object_begin(CALL_aio_return, &searching, aiocbp->aio_fildes);

	note_request(aiocbp, object, &probe, ns, result);
	return result;
}

ALIAS(aio_return64, aio_return);
