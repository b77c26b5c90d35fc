package picture

// upright turns and mirrors a picture of four bytes a pixel as its orientation
// says: 1 is upright already, 2 to 8 are the other ways to hold a camera (Exif
// 2.32, 4.6.4, tag 0x0112). It gives the new pixels with their width and height.
func upright(pix []uint8, w, h, orientation int) (turned []uint8, tw, th int) {
	if orientation == 1 {
		return pix, w, h
	}
	tw, th = w, h
	if orientation >= 5 {
		tw, th = h, w
	}
	turned = make([]uint8, len(pix))
	for y := range th {
		for x := range tw {
			fromX, fromY := x, y
			switch orientation {
			case 2:
				fromX = w - 1 - x
			case 3:
				fromX, fromY = w-1-x, h-1-y
			case 4:
				fromY = h - 1 - y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, h-1-x
			case 7:
				fromX, fromY = w-1-y, h-1-x
			case 8:
				fromX, fromY = w-1-y, x
			}
			copy(turned[4*(y*tw+x):][:4], pix[4*(fromY*w+fromX):])
		}
	}
	return turned, tw, th
}
